"""The frame around the pages: top bar, navigation, status line, and what opens from them."""
