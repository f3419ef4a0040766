"""Who is told what, in which words, over which outlet, and what shows that they were?"""
