"""Other tools that bring one file to many devices, in the same topologies, for comparison."""
