"""Looking for something in all of one's courses."""

from portal.pages.search import search

routes = search.routes
