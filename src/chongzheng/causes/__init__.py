"""Why did the reversal fail: which causes do the signals speak for, how sure is that, and whose share is it?"""
