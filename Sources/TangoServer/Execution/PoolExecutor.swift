/// Runs tasks on the thread pool: asynchronous handlers that may block continue there after each suspension too, never on the few threads
/// that all tasks of the process share.
final class PoolExecutor: TaskExecutor {
    private let pool: BlockingPool

    init(_ pool: BlockingPool) {
        self.pool = pool
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        // A waiting task must end even if the pool is being closed.
        self.pool.submit { _ in job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
