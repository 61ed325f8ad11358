"""From a scan, or a number and a backup code, to the executor's own section; the hold on that section."""
