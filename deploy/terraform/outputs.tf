output "worker_service_account" {
  description = "The jobs run as this one: grant it what the databases ask for."
  value       = google_service_account.worker.email
}

output "temp_bucket" {
  description = "For --temp-location of launches by hand."
  value       = google_storage_bucket.temp.name
}

output "schedules" {
  description = "Cloud Scheduler's jobs by sync: 'gcloud scheduler jobs run' launches one now."
  value       = { for name, job in google_cloud_scheduler_job.sync : name => job.id }
}
