"""What does a payment cost, was that the fee agreed, and does the merchant number tell the truth?"""
