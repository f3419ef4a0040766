"""Which pages does somebody without an account see? A site of its own: no way from here leads to the desk."""
