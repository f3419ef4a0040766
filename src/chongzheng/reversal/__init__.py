"""What must happen next with a card payment, seconds to hours after it began? The fast machine, pure."""
