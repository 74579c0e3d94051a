"""A state store in memory with all that Dapr knows of state: etags, first writes, expiry, bulk calls, transactions, queries.

Nothing bounds what is stored but the memory that the host grants to the instance, and nothing outlives the instance.
"""
