"""The coach: advice drawn from the traffic that a world journals, without any driver of the software."""
