"""The report people look at: stored runs as one HTML file that needs no network.

`facts` is what a report is made of; `verdicts`, `states`, `timeline`, `network_map`, `charts`,
`detection`, `lies`, `agreement`, `routing`, `evolution`, `messages` and `provenance` each turn it
into plain values, and `page` puts these into the templates. Whatever a reader must know is in the
page before any script runs; `templates/report.js` only moves the instant that is looked at, and
draws.
"""
