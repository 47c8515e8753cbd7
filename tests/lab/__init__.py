"""A site in one machine: network namespaces, shaped links, loop devices, real programs, and nothing left behind."""
