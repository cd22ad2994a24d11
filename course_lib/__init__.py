"""Course library: ``kit`` is what students receive; every other package is a private reference implementation."""
