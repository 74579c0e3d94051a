"""A message broker in memory with all that Dapr knows of messages: consumer groups, wildcards, expiry, bulk publishing.

**Groups.** A subscription belongs to the group ``consumerID`` of its own metadata; without that, to the ``consumerID`` of the
last ``init``. A group has one queue for each topic that it subscribed to, in that spelling: each queue gets every message of
its topic once, in the order of publishing, and hands it to one of the queue's subscriptions. So applications each see all
messages, and the copies of one application share them.

A queue is there from its first subscription on: what was published before is not for it. It stays when its subscriptions close,
and keeps what comes. When it holds ``maxMessages``, publishing to it fails as ``RESOURCE_EXHAUSTED``.

**Deliveries.** A message that the application has failed comes again after ``redeliverInterval``, before all later ones that
still wait; those are delivered meanwhile. What a subscription had out when it closes is delivered again at once, and counts as
not delivered. From the second delivery on the metadata ``deliveryCount`` says how many there were.

**Wildcards** are those of MQTT: in the topic of a subscription, whose levels ``/`` parts, the level ``+`` stands for any one
level, and ``#`` at the end for all that follow, none included.

**Expiry.** The metadata ``ttlInSeconds`` of a message, an integer from 1 on, is how long it can be delivered. For a bulk
publish, the request's own metadata holds for each entry that does not say otherwise.

The properties are in ``settings``. Nothing outlives the instance.
"""
