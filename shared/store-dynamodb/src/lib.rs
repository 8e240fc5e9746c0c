//! The graph in one DynamoDB table.
