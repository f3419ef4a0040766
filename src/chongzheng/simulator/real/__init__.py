"""What does the real program survive: real processes killed, real connections cut, a real file system that forgets?"""
