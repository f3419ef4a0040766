"""What do our decoders do with bytes that nobody should send?"""
