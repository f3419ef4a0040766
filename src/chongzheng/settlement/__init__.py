"""What does the channel's clearing file say about each payment, and may its silence be believed?"""
