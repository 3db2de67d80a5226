lambda { |stdout, stderr, status|
  return :green if status == 0 && stdout.include?('PASSED')
  return :red if stdout.include?('FAILED: expected')
  :amber
}
