"""How do facts come in from terminals, hosts, timers and files, and how do effects go out to them?"""
