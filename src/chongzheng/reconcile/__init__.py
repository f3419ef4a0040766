"""How is a day of ten million lines matched in bounded memory, by the same rule as a small one?"""
