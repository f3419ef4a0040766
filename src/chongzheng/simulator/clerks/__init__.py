"""Is money given back once at most, and never on one word, however people, reversals and restarts interleave?"""
