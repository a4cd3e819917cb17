"""Object stores: buckets of S3, Google and Azure, and whatever else has objects by name.

`store_addresses` says which texts name one; `object_store` is what is asked of each, `obstore_store`, `fsspec_store`
and `memory_store` answer it. `steady_store` puts `retry_policy` and `request_meter` around one of them, so that what is
asked is repeated within bounds and counted; `opened_stores` opens the one of an address.
"""
