"""The codes a care sheet carries: its number, its backup code, its scan payload and their printed form.

Pure modules: `number`, `backup`, `payload`, `keyboards`, `signing`. Drawing: `rendering`, `document`.
None of them keeps state, reads a clock or draws a random number: everything comes in as an argument.
"""
