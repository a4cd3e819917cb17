"""MLflow's runs: of its file store (`mlflow_files`) and of its database (`mlflow_database`), without MLflow."""
