"""Where do people see what is in doubt, and say what is to be done? The web desk: it reads, and hands in facts."""
