"""What becomes of the shipped engine in a world whose time, network and disk are ours and come from one seed?"""
