/// Runs tasks on the thread pool: handlers of classes that may block go on there after each suspension too, never on the few threads that
/// all tasks of the process share.
final class PoolExecutor: TaskExecutor {
    private let pool: BlockingPool

    init(_ pool: BlockingPool) {
        self.pool = pool
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        // A task that waits for something must end even if the pool is being closed.
        self.pool.submit { _ in job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
