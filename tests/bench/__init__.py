"""Benchmarks: the native az commands and ours side by side, against one simulated Azure at one speed."""
