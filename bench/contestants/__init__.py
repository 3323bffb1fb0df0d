"""What stands beside the product in the table, each as plain as its users write it."""
