"""Who runs a plan? The steps of a plan, each as soon as it can run, through arm.

Imports readers, arm, planning and network; used by workflows.

    engine           runs the steps of a plan in the order that they depend on each other
    step_writer      what one step writes, and when it is written again
    gateway_locks    one write per gateway at a time
    pair_keys        the shared keys of the pairs, chosen once and removed from the texts of errors
    long_running     follows an operation of Azure until its resource says how it ended
    poll_schedule    when to read a resource between the polls of its operation
"""
