"""How fast is it, measured beside what else there is?"""
