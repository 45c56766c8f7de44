"""From feeds to archived pages: everything that touches the network; nothing is interpreted yet."""
