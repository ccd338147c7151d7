"""The broker of a site: a complete configuration of mosquitto, and what each client needs to connect to it.

Layout of the folder that `python -m tools.broker FILE --out DIR` writes:
    options.json            what was asked for; a later run that does not say otherwise asks for the same
    ca/                     the site's own authority: keep it safe, and a copy of it
    broker/                 for the broker's machine: mosquitto.conf, acl, psk, passwords, certificates
    clients/<identity>/     for that client alone: mqtt.json, and for a console its certificate
"""
