"""Is the shipped machine right in every small world, in every order, and does each of its guards matter?"""
