"""The sandbox: where student code runs, and nothing else of the course does."""
