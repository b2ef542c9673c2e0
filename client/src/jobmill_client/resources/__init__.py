"""The parts of the API, one class each; they are reached through `Jobmill`."""
