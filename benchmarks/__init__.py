"""Benchmarks: each module has ``main()`` and prints ratios to a reference measured in the same run. ``make bench`` runs all."""
