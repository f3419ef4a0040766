"""What is chongzheng (冲正)? Every card payment whose reversal failed, taken to one final, proven answer."""

__version__ = "0.1.0"
