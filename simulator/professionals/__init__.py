"""The professionals and establishments a world knows."""
