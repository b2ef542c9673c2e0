"""What every store must do, one suite a port. Subclass a suite and give a fixture `work`."""
