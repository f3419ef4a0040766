"""What does the world around the engine do, when one seed decides all of it?"""
