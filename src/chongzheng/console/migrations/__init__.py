"""Which tables of its own does the console have, and how did they come about?"""
