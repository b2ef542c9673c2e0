
function startJobWithWorkflow(){
    var job = {
        inputUri:'/myfiles/movie.mp4',
        workflow:'workflow-1',
        origin:'example_page'
    }

    var url='https://[ip]/api/ai/jobs'
    fetch(url, {
        method:'POST',
        body:JSON.stringify(job)
    })
    .then(res => res.json())
    .then(json => console.log(json))
}

