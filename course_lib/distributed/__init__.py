"""Reference simulations of distributed training: the oracles behind the checks of the distributed assignment. Import its modules."""
