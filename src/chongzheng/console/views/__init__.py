"""What does each page show, and what does each form do?"""
