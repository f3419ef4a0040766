"""What can be shown of a payment, and to whom is it proof?"""
