"""A small, honest software of a prescriber's practice and of a pharmacy.

It is the example that editors copy: it passes every case of the suite, and each of its decisions is a short,
well-named method. It knows the platform only over HTTP: nothing here imports the simulator, the client or the
rest of the suite. Start it with ``python -m conformance.reference_editor --port 0 --announce``.
"""
