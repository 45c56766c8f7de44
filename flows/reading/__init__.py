"""From an archived page to an article that can be trusted: text, language, relevance, copies, topics."""
